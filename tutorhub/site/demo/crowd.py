"""What a crowd of invented tutors is made of: names by the hundred, and how often things occur."""

FIRST_NAMES: dict[str, str] = {
    "female": (
        "Meera Fatima Lakshmi Ananya Kavita Gurpreet Nandini Sneha Pooja Zoya Aarti Aditi Aishwarya"
        " Akanksha Amrita Anjali Ankita Anuradha Aparna Archana Asha Ayesha Bhavana Chitra Deepa"
        " Deepika Devika Divya Farah Gauri Gayatri Geeta Harini Heena Indira Ishita Jaya Jyoti"
        " Kalyani Kamala Karuna Kiran Komal Lalita Lata Leela Madhavi Mahima Malini Manisha Maya"
        " Megha Mridula Namrata Nasreen Neha Nidhi Nisha Padma Pallavi Parveen Pragya Preeti"
        " Priyanka Radha Rajni Rani Rekha Renu Revathi Ritu Rukmini Sabina Sakshi Sandhya Sangeeta"
        " Sarita Shabana Shalini Shanti Sharmila Shreya Simran Smita Sonal Sudha Sujata Sunita"
        " Swati Tanvi Tara Uma Urvashi Usha Vandana Vidya Vimala Yamini Zarina"
    ),
    "male": (
        "Arjun Rohan Joseph Imran Suresh Debashish Vikram Thomas Harish Manoj Abhishek Aditya Ajay"
        " Akash Alok Amit Anand Anil Arun Ashok Balaji Bharat Chetan Deepak Dev Dinesh Farhan"
        " Ganesh Gaurav Gopal Govind Hari Hemant Irfan Ishaan Jagdish Jai Jatin Kabir Kamal Karan"
        " Karthik Kishore Krishna Kunal Lokesh Madhav Mahesh Manish Mohan Mukesh Murali Nadeem"
        " Naresh Naveen Nikhil Nitin Omkar Pankaj Parth Pavan Prakash Pranav Prasad Rahul Raj"
        " Rajesh Rakesh Ramesh Ravi Rishi Sachin Salim Sameer Sanjay Santosh Satish Senthil"
        " Shankar Shyam Siddharth Sohail Srinivas Subhash Sudhir Sunil Surya Tarun Tejas Uday"
        " Umesh Varun Venkat Vijay Vinod Vishal Vivek Yash Yusuf Zubair"
    ),
}

SURNAMES: str = (
    "Iyer Kulkarni Sheikh Mehta Nair Mathew Banerjee Ansari Sharma Reddy Kaur Das Rao Singh Patil"
    " Fernandes Gupta Menon Agarwal Ahmed Ahluwalia Ali Arora Bajaj Bakshi Balan Basu Bhat Bhatia"
    " Bhattacharya Bisht Bora Bose Chakraborty Chandra Chauhan Chatterjee Chawla Chettiar Choudhury"
    " Dalal Dasgupta Datta Deka Desai Deshmukh Deshpande Dhillon Dixit Dsouza Dubey Gandhi Ganguly"
    " Garg Ghosh Gill Goel Gogoi Goswami Gowda Goyal Hegde Hussain Jadhav Jain Jha Joshi Kadam"
    " Kale Kamath Kapoor Kashyap Khan Khanna Khatri Krishnan Kumar Lal Mahajan Malhotra Malik"
    " Mandal Mathur Mishra Mohanty Mukherjee Murthy Naidu Narayan Nambiar Negi Ojha Pai Pandey"
    " Panicker Parekh Patel Pathak Patnaik Pillai Pradhan Prasad Qureshi Raghavan Rajan Rajput"
    " Ramachandran Raman Ranganathan Rastogi Rathore Rawat Roy Saha Sahu Saini Sarkar Saxena Sen"
    " Seth Sethi Shah Shetty Shinde Shukla Siddiqui Sinha Soni Srivastava Subramanian Sundaram"
    " Swamy Tandon Thakur Tiwari Trivedi Tripathi Upadhyay Varghese Varma Venkataraman Verma Vora"
    " Vyas Yadav"
)

# What is spoken beside English where a tutor lives.
LANGUAGE_OF_STATE: dict[str, str] = {
    "Andhra Pradesh": "te",
    "Assam": "as",
    "Goa": "kok",
    "Gujarat": "gu",
    "Jammu and Kashmir": "ks",
    "Karnataka": "kn",
    "Kerala": "ml",
    "Maharashtra": "mr",
    "Manipur": "mni",
    "Odisha": "or",
    "Punjab": "pa",
    "Sikkim": "ne",
    "Tamil Nadu": "ta",
    "Telangana": "te",
    "Tripura": "bn",
    "West Bengal": "bn",
}

# Of a hundred tutors, how many live in the twelve great cities, and how sharply those differ in
# size: the first city holds about nine of a hundred.
IN_CITIES = 60
CITY_STEEPNESS = 0.55
# The first subject is about one in ten of all offerings.
SUBJECT_STEEPNESS = 0.75
